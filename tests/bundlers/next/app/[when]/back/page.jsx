import { Back } from '../../../Back.jsx';

export default async function Page({ searchParams }) {
  // as a page does that the server makes for its parameters
  return (
    <p id="tab">
      {(await searchParams).tab}
      <Back />
    </p>
  );
}
